// anagrams finds the words of its files that are made of the same letters. A goroutine reads each file, all of them send
// their words through one channel, and a map collects them.
package main

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
)

// letters returns a word's letters in their order.
func letters(word string) string {
	sorted := []rune(word)
	slices.Sort(sorted)
	return string(sorted)
}

// send sends the words of a file, in lower case.
func send(path string, words chan<- string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	scanner := bufio.NewScanner(file)
	scanner.Split(bufio.ScanWords)
	for scanner.Scan() {
		words <- strings.ToLower(strings.Trim(scanner.Text(), ".,;:!?"))
	}
	return scanner.Err()
}

func main() {
	words, errors := make(chan string), make(chan error, len(os.Args))
	var readers sync.WaitGroup
	for _, path := range os.Args[1:] {
		readers.Go(func() {
			if err := send(path, words); err != nil {
				errors <- err
			}
		})
	}
	go func() {
		readers.Wait()
		close(words)
		close(errors)
	}()

	groups := make(map[string][]string)
	for word := range words {
		key := letters(word)
		if !slices.Contains(groups[key], word) {
			groups[key] = append(groups[key], word)
		}
	}
	var lines []string
	for _, group := range groups {
		if len(group) > 1 {
			slices.Sort(group)
			lines = append(lines, strings.Join(group, " "))
		}
	}
	slices.Sort(lines)
	for _, line := range lines {
		fmt.Println(line)
	}
	failed := false
	for err := range errors {
		fmt.Fprintln(os.Stderr, "anagrams:", err)
		failed = true
	}
	if failed {
		os.Exit(1)
	}
}
