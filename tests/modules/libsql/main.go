package main

import (
	"database/sql"
	"fmt"

	_ "github.com/tursodatabase/go-libsql"
)

func main() {
	database, err := sql.Open("libsql", "file::memory:")
	if err != nil {
		panic(err)
	}
	var sum int
	err = database.QueryRow("select 40 + 2").Scan(&sum)
	_, wrong := database.Exec("select * from nowhere")
	fmt.Println(sum, err, wrong)
}
