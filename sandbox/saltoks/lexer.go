package saltoks

import (
	"fmt"
	"strings"
)

// lexeme is one word of a $filter.
type lexeme struct {
	text   string
	quoted bool   // a text literal, quotes off and doubled ones single
	kind   string // what stood before the quote in OData v3: datetime, guid; else empty
}

// lex cuts a $filter into words.
func lex(s string) ([]lexeme, error) {
	out := []lexeme{}
	for i := 0; i < len(s); {
		switch c := s[i]; c {
		case ' ', '\t':
			i++
		case '(', ')', ',':
			out = append(out, lexeme{text: string(c)})
			i++
		case '\'':
			text, n, err := unquote(s[i:])
			if err != nil {
				return nil, err
			}
			out = append(out, lexeme{text: text, quoted: true})
			i += n
		default:
			n := strings.IndexAny(s[i:], " \t(),'")
			if n < 0 {
				n = len(s) - i
			}
			word := s[i : i+n]
			i += n
			if i < len(s) && s[i] == '\'' { // datetime'...', guid'...'
				text, n, err := unquote(s[i:])
				if err != nil {
					return nil, err
				}
				i += n
				out = append(out, lexeme{text: text, quoted: true, kind: word})
				continue
			}
			out = append(out, lexeme{text: word})
		}
	}
	return out, nil
}

// unquote reads a text literal from its opening quote on.
func unquote(s string) (text string, length int, err error) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] != '\'' {
			b.WriteByte(s[i])
			continue
		}
		if i+1 < len(s) && s[i+1] == '\'' {
			b.WriteByte('\'')
			i++
			continue
		}
		return b.String(), i + 1, nil
	}
	return "", 0, fmt.Errorf("unterminated text in $filter")
}
