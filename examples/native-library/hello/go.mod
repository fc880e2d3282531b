module example.com/hello

go 1.24

require example.com/greeting v1.0.0

replace example.com/greeting => ../greeting
