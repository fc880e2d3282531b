module cgozig.test/cxx

go 1.24
