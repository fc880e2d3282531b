module cgozig.test/race

go 1.24
