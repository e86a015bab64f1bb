package token_test

import (
	"context"
	"fmt"
	"time"

	"parley/session/token"
)

// An application's server mints a token for somebody who has logged in there; Parley checks it when they connect.
func Example() {
	verifier, err := token.New(context.Background(), token.Config{
		AccountSID: "AC0123456789abcdef0123456789abcdef",
		APIKeys:    map[string]string{"SK0123456789abcdef0123456789abcdef": "a secret of thirty-two bytes ..."},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer verifier.Close()

	raw, err := token.Mint("SK0123456789abcdef0123456789abcdef", "a secret of thirty-two bytes ...",
		"AC0123456789abcdef0123456789abcdef", "alice", "", time.Hour, time.Now())
	if err != nil {
		fmt.Println(err)
		return
	}
	claims, err := verifier.Verify(raw)
	fmt.Println(claims.Identity, err)

	_, err = verifier.Verify(raw + "x")
	fmt.Println(err)
	// Output:
	// alice <nil>
	// access token has no valid signature (20003)
}
