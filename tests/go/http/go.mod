module cgozig.test/http

go 1.24
