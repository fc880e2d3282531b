package main

import (
	"bytes"
	"fmt"

	"github.com/DataDog/zstd"
)

func main() {
	text := bytes.Repeat([]byte("cgozig "), 10000)
	small, err := zstd.CompressLevel(nil, text, 9)
	if err != nil {
		panic(err)
	}
	back, err := zstd.Decompress(nil, small)
	if err != nil {
		panic(err)
	}
	_, err = zstd.Decompress(nil, []byte("no zstd"))
	fmt.Println(len(small) < 200, bytes.Equal(back, text), err)
}
