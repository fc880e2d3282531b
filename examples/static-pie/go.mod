module example.com/static-pie

go 1.24
