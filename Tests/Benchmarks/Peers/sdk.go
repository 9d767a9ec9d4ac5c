// The same in Go with aws-sdk-go-v2: a heap of deadlines, and as many workers as may be under way.
//
// Usage, environment and output as those of ceiling.c.
package main

import (
	"container/heap"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
)

type job struct {
	id     string
	due    time.Time
	answer *sesv2.GetImportJobOutput
}

func (j *job) hasEnded() bool {
	if j.answer == nil {
		return false
	}
	status := j.answer.JobStatus
	return status == types.JobStatusCompleted || status == types.JobStatusFailed || status == "CANCELLED"
}

type deadlines []*job

func (d deadlines) Len() int           { return len(d) }
func (d deadlines) Less(i, j int) bool { return d[i].due.Before(d[j].due) }
func (d deadlines) Swap(i, j int)      { d[i], d[j] = d[j], d[i] }
func (d *deadlines) Push(x any)        { *d = append(*d, x.(*job)) }
func (d *deadlines) Pop() any {
	last := len(*d) - 1
	job := (*d)[last]
	*d = (*d)[:last]
	return job
}

type result struct {
	job    *job
	answer *sesv2.GetImportJobOutput
	err    error
}

func client(endpoint string, inFlight int) *sesv2.Client {
	// Fewer idle connections than requests under way would be opened and closed all the time.
	transport := awshttp.NewBuildableClient().WithTimeout(15 * time.Second).WithTransportOptions(
		func(t *http.Transport) {
			t.Proxy = nil
			t.MaxIdleConns, t.MaxIdleConnsPerHost = inFlight, inFlight
			if path := os.Getenv("AWS_CA_BUNDLE"); path != "" {
				pem, err := os.ReadFile(path)
				check(err)
				t.TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool()}
				t.TLSClientConfig.RootCAs.AppendCertsFromPEM(pem)
			}
		})
	return sesv2.New(sesv2.Options{
		Region: os.Getenv("AWS_REGION"),
		Credentials: aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider(
			os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY"), "")),
		EndpointResolver: sesv2.EndpointResolverFromURL(endpoint),
		HTTPClient:       transport,
		Retryer:          aws.NopRetryer{},
	})
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "sdk:", err)
		os.Exit(1)
	}
}

func main() {
	endpoint, file := os.Args[1], os.Args[2]
	rate, err := strconv.ParseFloat(os.Args[3], 64)
	check(err)
	inFlight, err := strconv.Atoi(os.Args[4])
	check(err)
	text, err := os.ReadFile(file)
	check(err)
	ids := strings.Fields(string(text))
	period := time.Duration(0)
	if rate > 0 {
		period = time.Duration(float64(len(ids)) * 1e9 / rate)
	}

	ses := client(endpoint, inFlight)
	polls, results := make(chan *job, inFlight), make(chan result, inFlight)
	for i := 0; i < inFlight; i++ {
		go func() {
			for job := range polls {
				answer, err := ses.GetImportJob(context.Background(), &sesv2.GetImportJobInput{JobId: &job.id})
				results <- result{job, answer, err}
			}
		}()
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)

	start := time.Now()
	var waiting deadlines
	jobs := make([]*job, len(ids))
	for i, id := range ids {
		due := start.Add(time.Duration(float64(period) * float64(i) / float64(len(ids))))
		jobs[i] = &job{id: id, due: due}
		heap.Push(&waiting, jobs[i])
	}
	answers, failures, underWay := 0, 0, 0
	timer := time.NewTimer(0)
	for {
		for now := time.Now(); underWay < inFlight && len(waiting) > 0 && !waiting[0].due.After(now); underWay++ {
			polls <- heap.Pop(&waiting).(*job)
		}
		if underWay < inFlight && len(waiting) > 0 {
			timer.Reset(time.Until(waiting[0].due))
		}
		select {
		case <-timer.C:
		case result := <-results:
			underWay--
			if result.err == nil {
				answers++
				result.job.answer = result.answer
			} else if failures++; failures == 1 {
				fmt.Fprintln(os.Stderr, "sdk:", result.err)
			}
			if !result.job.hasEnded() {
				result.job.due = result.job.due.Add(period)
				if now := time.Now(); result.job.due.Before(now) {
					result.job.due = now
				}
				heap.Push(&waiting, result.job)
			}
		case <-signals:
			report(jobs, answers, failures)
			return
		}
	}
}

func report(jobs []*job, answers, failures int) {
	statuses, processed := map[string]int{}, 0
	for _, job := range jobs {
		if job.answer == nil {
			continue
		}
		statuses[string(job.answer.JobStatus)]++
		if job.hasEnded() && job.answer.ProcessedRecordsCount != nil {
			processed += int(*job.answer.ProcessedRecordsCount)
		}
	}
	json.NewEncoder(os.Stdout).Encode(map[string]any{
		"answers": answers, "failures": failures, "statuses": statuses, "processed": processed,
	})
}
