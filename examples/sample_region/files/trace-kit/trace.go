// Package trace adds tenant labels to spans.
package trace

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	oteltrace "go.opentelemetry.io/otel/trace"
)

// Start opens a span that carries the tenant.
func Start(ctx context.Context, tenant, name string) (context.Context, oteltrace.Span) {
	return otel.Tracer("trace-kit").Start(ctx, name,
		oteltrace.WithAttributes(attribute.String("tenant", tenant)))
}

// Tenant reads the tenant of a context, or the empty string.
func Tenant(ctx context.Context) string {
	if value, ok := ctx.Value(tenantKey{}).(string); ok {
		return value
	}
	return ""
}

type tenantKey struct{}

// With puts a tenant into a context.
func With(ctx context.Context, tenant string) context.Context {
	return context.WithValue(ctx, tenantKey{}, tenant)
}
