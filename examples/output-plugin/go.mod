module example.com/output-plugin

go 1.24
