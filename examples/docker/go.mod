module example.com/docker

go 1.24
