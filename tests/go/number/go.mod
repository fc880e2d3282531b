module cgozig.test/number

go 1.24
