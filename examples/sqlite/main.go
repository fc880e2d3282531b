// Sqlite has a large C library inside a Go package: github.com/mattn/go-sqlite3 compiles SQLite from source.
package main

import (
	"database/sql"
	"fmt"
	"log"

	_ "github.com/mattn/go-sqlite3"
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	db, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1) // each connection to :memory: is a database of its own

	var version string
	if err := db.QueryRow("SELECT sqlite_version()").Scan(&version); err != nil {
		return err
	}
	fmt.Println("sqlite", version)

	if _, err := db.Exec("CREATE TABLE town (name TEXT PRIMARY KEY, people INTEGER)"); err != nil {
		return err
	}
	for name, people := range map[string]int{"Oslo": 709000, "Bern": 134000, "Riga": 605000} {
		if _, err := db.Exec("INSERT INTO town VALUES (?, ?)", name, people); err != nil {
			return err
		}
	}

	rows, err := db.Query("SELECT name, people FROM town ORDER BY people")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var people int
		if err := rows.Scan(&name, &people); err != nil {
			return err
		}
		fmt.Println(name, people)
	}
	return rows.Err()
}
