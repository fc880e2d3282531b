package main

import (
	"bytes"
	"fmt"

	"github.com/valyala/gozstd"
)

func main() {
	text := bytes.Repeat([]byte("cgozig "), 10000)
	small := gozstd.CompressLevel(nil, text, 9)
	back, err := gozstd.Decompress(nil, small)
	if err != nil {
		panic(err)
	}
	_, err = gozstd.Decompress(nil, []byte("no zstd"))
	fmt.Println(len(small) < 200, bytes.Equal(back, text), err)
}
