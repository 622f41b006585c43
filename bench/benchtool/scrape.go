package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// scrapeLimit bounds one question for metrics.
const scrapeLimit = time.Second

// scrape returns one counter of a product, summed over its pipelines.
func scrape(ctx context.Context, address, name string) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, scrapeLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/metrics", nil)
	if err != nil {
		return 0, fmt.Errorf("ask for metrics: %w", err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, fmt.Errorf("ask for metrics: %w", err)
	}
	defer response.Body.Close()
	found, sum := false, 0.0
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		metric, value, _ := strings.Cut(lines.Text(), " ")
		if metric, _, _ = strings.Cut(metric, "{"); metric != name {
			continue
		}
		n, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return 0, fmt.Errorf("read metric %s: %w", name, err)
		}
		found, sum = true, sum+n
	}
	if err := lines.Err(); err != nil {
		return 0, fmt.Errorf("read metrics: %w", err)
	}
	if !found {
		return 0, fmt.Errorf("no metric %s", name)
	}
	return int64(sum), nil
}
