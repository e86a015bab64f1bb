package web_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"parley/web"
	"parley/web/frametest"
)

// selfSigned writes a key pair for 127.0.0.1.
func selfSigned(tb testing.TB) web.TLS {
	tb.Helper()
	dir := tb.TempDir()
	files := web.TLS{CertFile: filepath.Join(dir, "cert.pem"), KeyFile: filepath.Join(dir, "key.pem"), Recheck: time.Nanosecond}
	writePair(tb, files, "first")
	return files
}

// writePair writes a new key pair under a name.
func writePair(tb testing.TB, files web.TLS, name string) {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		tb.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		tb.Fatal(err)
	}
	writePEM(tb, files.CertFile, "CERTIFICATE", cert)
	writePEM(tb, files.KeyFile, "PRIVATE KEY", der)
}

func writePEM(tb testing.TB, file, kind string, der []byte) {
	tb.Helper()
	text := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	if err := os.WriteFile(file, text, 0o600); err != nil {
		tb.Fatal(err)
	}
}

// trusting is a client's side that trusts the certificate in a file.
func trusting(tb testing.TB, certFile string) *tls.Config {
	tb.Helper()
	text, err := os.ReadFile(certFile)
	if err != nil {
		tb.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	return &tls.Config{RootCAs: pool}
}

// servedName is whose certificate a new connection gets, "" where there is none.
func servedName(t *testing.T, addr string) string {
	t.Helper()
	d := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}}
	c, err := d.DialContext(t.Context(), "tcp", addr)
	if err != nil {
		return ""
	}
	defer func() { _ = c.Close() }()
	return c.(*tls.Conn).ConnectionState().PeerCertificates[0].Subject.CommonName
}

func TestCertificateReload(t *testing.T) {
	files := selfSigned(t)
	cfg := web.Config{TLS: files}
	_, addr := serve(t, cfg)
	old := meet(t, addr, cfg)
	if name := servedName(t, addr); name != "first" {
		t.Fatalf("serves %q", name)
	}
	writePair(t, files, "second")
	until(t, "the new certificate", func() bool { return servedName(t, addr) == "second" })

	if err := os.WriteFile(files.CertFile, []byte("not yet whole"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if name := servedName(t, addr); name != "second" {
			t.Fatalf("with a broken file it serves %q", name)
		}
	}
	writePair(t, files, "third")
	until(t, "the certificate after the broken one", func() bool { return servedName(t, addr) == "third" })

	old.Send(frametest.Frame{Opcode: frametest.Text, Payload: []byte("still here")})
	old.Want(frametest.Text, []byte("still here"))
}

func TestCertificateMissing(t *testing.T) {
	for name, files := range map[string]web.TLS{
		"no file": {CertFile: "nowhere.pem", KeyFile: "nowhere.key"},
		"no key":  {CertFile: selfSigned(t).CertFile},
		"no cert": {KeyFile: selfSigned(t).KeyFile},
	} {
		if _, err := web.New(web.Config{Sessions: &echo{}, TLS: files}); err == nil {
			t.Errorf("%s: started", name)
		}
	}
}

// TestPlainToTLS: a peer that speaks HTTP to a TLS port is told so, and costs nothing.
func TestPlainToTLS(t *testing.T) {
	_, addr := serve(t, web.Config{TLS: selfSigned(t)})
	_, answer := frametest.Request(t, addr)
	if answer.Code != 400 {
		t.Error(answer.Code)
	}
}
