package main

import (
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"huiyin/bot"
	"huiyin/channels"
)

// metrics are what /metrics shows. No label carries anything of a customer.
type metrics struct {
	ready    atomic.Bool
	registry *prometheus.Registry
	attempts *prometheus.CounterVec
	latency  *prometheus.HistogramVec
	settled  *prometheus.CounterVec
	answer   *prometheus.HistogramVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "huiyin_send_attempts_total", Help: "Calls to platforms by inbox and reason of failure; empty: taken.",
		}, []string{"inbox", "reason"}),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "huiyin_send_seconds", Help: "Time of a call to a platform.", Buckets: prometheus.ExponentialBuckets(0.001, 2.5, 10),
		}, []string{"inbox"}),
		settled: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "huiyin_messages_total", Help: "Outgoing messages by inbox, author and how their delivery stands.",
		}, []string{"inbox", "author", "delivery"}),
		answer: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "huiyin_sent_after_seconds", Help: "From the writing of a message to its sending.", Buckets: prometheus.ExponentialBuckets(0.001, 3, 10),
		}, []string{"inbox"}),
	}
	m.registry.MustRegister(m.attempts, m.latency, m.settled, m.answer,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Attempted implements channels.Observer.
func (m *metrics) Attempted(inbox bot.InboxID, reason channels.Reason, took time.Duration) {
	m.attempts.WithLabelValues(string(inbox), string(reason)).Inc()
	m.latency.WithLabelValues(string(inbox)).Observe(took.Seconds())
}

// Settled implements channels.Observer.
func (m *metrics) Settled(msg bot.Message) {
	m.settled.WithLabelValues(string(msg.Inbox), string(msg.Author), string(msg.Delivery)).Inc()
	if !msg.SentAt.IsZero() && !msg.At.IsZero() {
		m.answer.WithLabelValues(string(msg.Inbox)).Observe(msg.SentAt.Sub(msg.At).Seconds())
	}
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
