module example.test/wasmtime

go 1.24

require github.com/bytecodealliance/wasmtime-go/v37 v37.0.0
