module cgozig.test/thrown

go 1.24
