// Http serves one page over TLS to itself, with a line of C in between.
package main

/*
#include <stdlib.h>
#include <string.h>

static char *shout(const char *text) {
	char *copy = malloc(strlen(text) + 1);
	strcpy(copy, text);
	for (char *at = copy; *at; at++)
		if (*at >= 'a' && *at <= 'z') *at -= 'a' - 'A';
	return copy;
}
*/
import "C"

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"unsafe"
)

func shout(text string) string {
	given := C.CString(text)
	defer C.free(unsafe.Pointer(given))
	made := C.shout(given)
	defer C.free(unsafe.Pointer(made))
	return C.GoString(made)
}

func main() {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, shout("hello over tls"))
	}))
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	response, err := client.Get(server.URL)
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	body, _ := io.ReadAll(response.Body)
	fmt.Println(response.StatusCode, string(body))
}
