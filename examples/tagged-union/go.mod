module example.com/tagged-union

go 1.24
