module example.test/duckdb

go 1.24

require github.com/duckdb/duckdb-go-bindings/linux-amd64 v0.1.24
