// Package token mints and checks access tokens: the JSON Web Tokens with which a client says who it is.
//
// Two kinds are accepted, told apart by their issuer and never mixed:
//
//   - API-key tokens in the layout of Twilio's libraries: iss is a known API key (SK...), sub the account SID,
//     the signature HS256, HS384 or HS512 with the key's secret. They live for 24 hours at most. Any Twilio
//     server library makes them, and so does [Mint].
//   - Tokens of an OpenID provider or the like, whose public keys come from a JWKS URL: RS, PS, ES or EdDSA as
//     the key says. Issuer and audience must be the configured ones.
//
// A [Verifier] promises that a token it accepts was signed by the key that its issuer stands for, with an
// algorithm of that key's own family, is within its time, and names a usable identity. Everything else is an
// [*Error], whose texts are constants: no byte of a token and no secret ever is in one. Keys come from the
// configuration and the JWKS URL alone: nothing in a token can name a place to get a key from. The rules are those
// of RFC 7519 (JWT), RFC 7515 (JWS), RFC 7517 (JWK), RFC 7518 (algorithms) and RFC 8725 (best practices).
//
// With a JWKS URL a Verifier owns one goroutine, which fetches the key set when it is due, or when a token names
// an unknown key, and never more often than every 30 s. [Verifier.Close] stops it and waits until it is gone. While
// the URL does not answer, the keys known so far go on, up to their maximum age.
//
// A Verifier may be used by any number of goroutines. It has one mutex, which guards the state of the fetching; it
// is never held during I/O and nothing else is locked under it.
package token
