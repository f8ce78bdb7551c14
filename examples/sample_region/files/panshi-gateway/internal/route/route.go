// Package route picks the database node that serves a query.
package route

import (
	"crypto/tls"
	"errors"
	"hash/fnv"
)

// ErrNoNode is returned when no node is alive.
var ErrNoNode = errors.New("no node is alive")

// Table maps tenants to nodes.
type Table struct {
	Nodes []string
	Alive map[string]bool
}

// Pick returns the node of a tenant, skipping nodes that are down.
func (t Table) Pick(tenant string) (string, error) {
	if len(t.Nodes) == 0 {
		return "", ErrNoNode
	}
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(tenant))
	start := int(sum.Sum32() % uint32(len(t.Nodes)))
	for i := range t.Nodes {
		node := t.Nodes[(start+i)%len(t.Nodes)]
		if t.Alive[node] {
			return node, nil
		}
	}
	return "", ErrNoNode
}

// ClientConfig is what nodes are dialled with.
func ClientConfig() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12}
}
