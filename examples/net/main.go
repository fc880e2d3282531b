// Net has no C of its own. It is the program for which Go's standard library alone asks for a C compiler: the resolver
// of net, the user database of os/user, and (on macOS) the keychain behind crypto/x509.
package main

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"os/user"
	"time"
)

func main() {
	// Localhost comes from the hosts file: this needs no network.
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	addresses, err := net.DefaultResolver.LookupHost(ctx, "localhost")
	fmt.Println("localhost:", addresses, orOK(err))

	name := ""
	current, err := user.Current()
	if err == nil {
		name = current.Username
	}
	fmt.Println("user:", name, orOK(err))

	roots, err := x509.SystemCertPool()
	if err == nil {
		fmt.Println("roots:", len(roots.Subjects()))
	} else {
		fmt.Println("roots:", err)
	}
}

func orOK(err error) string {
	if err != nil {
		return "error: " + err.Error()
	}
	return "ok"
}
