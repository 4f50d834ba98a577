// Go's net/http as an order tells it, with the default transport's settings.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

type order struct {
	URL         string  `json:"url"`
	Size        int     `json:"size"`
	Expect      bool    `json:"expect"`
	TLS         string  `json:"tls"`
	HeadFirst   bool    `json:"head_first"`
	CA          string  `json:"ca"`
	Certificate string  `json:"certificate"`
	Seconds     float64 `json:"seconds"`
}

func main() {
	var told order
	status, err := 0, json.NewDecoder(os.Stdin).Decode(&told)
	if err == nil {
		status, err = send(told)
	}
	said := map[string]any{"status": status, "error": ""}
	if err != nil {
		said = map[string]any{"status": nil, "error": err.Error()}
	}
	line, _ := json.Marshal(said)
	fmt.Println(string(line))
}

func send(told order) (int, error) {
	pair, err := tls.LoadX509KeyPair(told.Certificate, told.Certificate)
	if err != nil {
		return 0, err
	}
	ca, err := os.ReadFile(told.CA)
	if err != nil {
		return 0, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{pair}}
	if told.TLS == "1.2" {
		transport.TLSClientConfig.MaxVersion = tls.VersionTLS12
	}
	client := &http.Client{Transport: transport, Timeout: time.Duration(told.Seconds * float64(time.Second))}
	if told.HeadFirst {
		answer, err := client.Head(told.URL)
		if err != nil {
			return 0, err
		}
		answer.Body.Close()
	}
	request, err := http.NewRequest("POST", told.URL, bytes.NewReader(make([]byte, told.Size)))
	if err != nil {
		return 0, err
	}
	if told.Expect {
		request.Header.Set("Expect", "100-continue")
	}
	answer, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, nil
}
