module chatclient

go 1.19
