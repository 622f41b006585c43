package binlog

import (
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// watchedPipe is a watched connection and the server's end of it. It counts how
// often what is complete was handed over before a read.
func watchedPipe(t *testing.T, timeout time.Duration) (w *watched, server net.Conn, idles *atomic.Int32) {
	client, server := net.Pipe()
	t.Cleanup(func() {
		client.Close()
		server.Close()
	})
	idles = new(atomic.Int32)
	return &watched{
		Conn: client, received: func(int) {}, timeout: func() time.Duration { return timeout },
		idle: func() error { idles.Add(1); return nil },
	}, server, idles
}

// TestFullReadAtTheEnd: a read that has filled its buffer may have taken
// all there is. What is complete must not wait for what comes next.
func TestFullReadAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, server, idles := watchedPipe(t, time.Hour)
		read := make(chan error, 1)
		go func() {
			for range 2 {
				if _, err := w.Read(make([]byte, 8)); err != nil {
					read <- err
					return
				}
			}
			read <- nil
		}()
		send(t, server, 8)
		<-time.After(time.Second)
		if n := idles.Load(); n != 2 {
			t.Errorf("handed over %d times, want before each read that waits: 2", n)
		}
		send(t, server, 3)
		if err := <-read; err != nil {
			t.Error(err)
		}
	})
}

func send(t *testing.T, c net.Conn, n int) {
	t.Helper()
	if _, err := c.Write(make([]byte, n)); err != nil {
		t.Fatal(err)
	}
}

// TestBusyServerIsNotSilent: the time in which the server must be heard
// begins anew with every read, also while every read fills its buffer.
func TestBusyServerIsNotSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, server, _ := watchedPipe(t, time.Second)
		done := make(chan struct{})
		defer func() { <-done }()
		defer server.Close()
		go func() {
			defer close(done)
			for range 100 {
				<-time.After(100 * time.Millisecond)
				if _, err := server.Write(make([]byte, 8)); err != nil {
					return
				}
			}
		}()
		for i := range 100 {
			if _, err := w.Read(make([]byte, 8)); err != nil {
				t.Errorf("read %d: %v", i, err)
				return
			}
		}
	})
}

// TestWatchedSilentServer: a server that says nothing more is given up.
func TestWatchedSilentServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, server, _ := watchedPipe(t, time.Second)
		go func() { _, _ = server.Write(make([]byte, 8)) }()
		began := time.Now()
		if _, err := w.Read(make([]byte, 8)); err != nil {
			t.Fatal(err)
		}
		_, err := w.Read(make([]byte, 8))
		if took := time.Since(began); err == nil || took < time.Second || took > 2*time.Second {
			t.Errorf("got %v after %s, want an error after the timeout", err, took)
		}
	})
}
