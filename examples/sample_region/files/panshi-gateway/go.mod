module github.com/panshi-data/panshi-gateway

go 1.21

require (
	github.com/casbin/casbin/v2 v2.77.2
	github.com/emmansun/gmsm v0.21.5
	github.com/gin-gonic/gin v1.9.1
	github.com/go-sql-driver/mysql v1.7.1
	github.com/yunling-oss/trace-kit v0.4.2
	go.etcd.io/etcd/client/v3 v3.5.9
	google.golang.org/grpc v1.56.2
)

require (
	github.com/Knetic/govaluate v3.0.1-0.20171022003610-9aa49832a739+incompatible // indirect
	github.com/bytedance/sonic v1.9.1 // indirect
	github.com/coreos/go-semver v0.3.0 // indirect
	github.com/gin-contrib/sse v0.1.0 // indirect
	github.com/go-playground/validator/v10 v10.14.0 // indirect
	github.com/golang/protobuf v1.5.3 // indirect
	github.com/mattn/go-isatty v0.0.19 // indirect
	golang.org/x/crypto v0.13.0 // indirect
	golang.org/x/net v0.15.0 // indirect
	golang.org/x/sys v0.12.0 // indirect
	golang.org/x/text v0.13.0 // indirect
	google.golang.org/protobuf v1.30.0 // indirect
)
