package opentech

import (
	"io"
	"strconv"

	"github.com/cardea-access/cardea"
)

// maxTries is how many codes are drawn before there are said to be none left.
const maxTries = 2000

// drawCode draws a code of n digits that is not trivial and that free says is nobody's. It never begins with 0: clients send
// codes as numbers too, which would eat it (vendors/opentech-kinnovis.md 2.6). Errors: Retry when there is no randomness,
// Rejected when no code is left.
func drawCode(random io.Reader, n int, free func(string) bool) (string, error) {
	for range maxTries {
		code, err := digitsFrom(random, n)
		if err != nil {
			return "", cardea.Errorf(cardea.Retry, "no code could be drawn: %w", err)
		}
		if !trivial(code) && free(code) {
			return code, nil
		}
	}
	return "", cardea.Errorf(cardea.Rejected, "no code of %d digits was free after %d tries: make codes longer", n, maxTries)
}

// digitsFrom draws evenly: bytes that would favour low digits are thrown away.
func digitsFrom(random io.Reader, n int) (string, error) {
	out := make([]byte, 0, n)
	var b [1]byte
	for len(out) < n {
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return "", err
		}
		switch {
		case len(out) == 0 && b[0] < 252:
			out = append(out, '1'+b[0]%9)
		case len(out) > 0 && b[0] < 250:
			out = append(out, '0'+b[0]%10)
		}
	}
	return string(out), nil
}

// trivial says whether a code is one that people try first: a run of four equal, rising or falling digits anywhere in it,
// something repeated from beginning to end, doubled digits only, or a year at either end.
func trivial(code string) bool {
	return hasRun(code) || repeats(code) || doubled(code) || isYear(code[:min(4, len(code))]) || isYear(code[max(0, len(code)-4):])
}

// hasRun finds four digits in a row that are equal, rising or falling; 9 and 0 are neighbours.
func hasRun(code string) bool {
	for _, step := range []int{0, 1, 9} {
		run := 1
		for i := 1; i < len(code); i++ {
			if (int(code[i-1]-'0')+step)%10 == int(code[i]-'0') {
				run++
			} else {
				run = 1
			}
			if run == 4 {
				return true
			}
		}
	}
	return false
}

// repeats says whether the code is one piece over and over: 4747, 123123, 47474.
func repeats(code string) bool {
	for period := 1; period*2 <= len(code); period++ {
		same := true
		for i := period; i < len(code); i++ {
			same = same && code[i] == code[i-period]
		}
		if same {
			return true
		}
	}
	return false
}

// doubled says whether the code is pairs of equal digits: 1122, 448800.
func doubled(code string) bool {
	if len(code)%2 != 0 {
		return false
	}
	for i := 0; i < len(code); i += 2 {
		if code[i] != code[i+1] {
			return false
		}
	}
	return true
}

func isYear(s string) bool {
	y, err := strconv.Atoi(s)
	return err == nil && y >= 1900 && y < 2100
}
