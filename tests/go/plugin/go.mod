module cgozig.test/plugin

go 1.24
