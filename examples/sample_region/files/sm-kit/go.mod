module github.com/chengyuan-sec/sm-kit

go 1.20

require (
	github.com/emmansun/gmsm v0.21.5
	golang.org/x/crypto v0.13.0
)

require golang.org/x/sys v0.12.0 // indirect
