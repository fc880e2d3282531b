module cgozig.test/lib

go 1.24
