package main

import (
	"fmt"

	duckdb "github.com/duckdb/duckdb-go-bindings/linux-amd64"
)

// query gives the first value of a query, or its error.
func query(connection duckdb.Connection, text string) string {
	var result duckdb.Result
	defer duckdb.DestroyResult(&result)
	if duckdb.Query(connection, text, &result) == duckdb.StateError {
		return duckdb.ResultError(&result)
	}
	return fmt.Sprint(duckdb.ValueInt64(&result, 0, 0))
}

func main() {
	var database duckdb.Database
	defer duckdb.Close(&database)
	var message string
	var config duckdb.Config
	duckdb.CreateConfig(&config)
	if duckdb.OpenExt(":memory:", &database, config, &message) == duckdb.StateError {
		panic(message)
	}
	var connection duckdb.Connection
	defer duckdb.Disconnect(&connection)
	if duckdb.Connect(database, &connection) == duckdb.StateError {
		panic("connect")
	}
	fmt.Println(query(connection, "select sum(i)::bigint from range(1000) t(i)"))
	fmt.Println(query(connection, "select * from nowhere"))
}
