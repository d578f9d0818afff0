package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// What a file may take. A workbook of 5,000 units and 4,000 rentals is half a megabyte, and ten when it is unpacked.
const (
	maxFile     = 50 << 20
	maxUnpack   = 128 << 20
	maxPart     = 16 << 20 // a part that is neither a sheet, nor the table of texts, nor a picture
	maxTexts    = 48 << 20
	maxElements = 1_000_000 // in the table of texts
)

// parts is the archive that a workbook is.
type parts struct {
	files  map[string]*zip.File
	sheets []part
}

// part is one sheet: its name for people and its file in the archive.
type part struct{ name, file string }

const texts = "xl/sharedstrings.xml"

// unpack opens the archive and refuses what would not fit in memory before anything of it is unpacked: sizes are those that
// the archive states, and it cannot hold more than it states.
func unpack(data []byte) (*parts, error) {
	if bytes.HasPrefix(data, []byte{0xD0, 0xCF, 0x11, 0xE0}) {
		return nil, errors.New("is an old .xls file or has a password: save it as .xlsx without a password")
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, errors.New("is no .xlsx workbook, or is damaged: save it again as .xlsx")
	}
	p := &parts{files: map[string]*zip.File{}}
	var whole uint64
	for _, f := range z.File {
		name := strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))
		if p.files[name] != nil {
			return nil, fmt.Errorf("holds %s twice: save it again as .xlsx", name)
		}
		p.files[name] = f
		size := f.UncompressedSize64
		whole += min(size, maxUnpack+1)
		sheet := strings.HasPrefix(name, "xl/worksheets/") || strings.HasPrefix(name, "xl/media/")
		if whole > maxUnpack || !sheet && name != texts && size > maxPart || name == texts && size > maxTexts {
			return nil, fmt.Errorf("is too large when it is unpacked (%s)", name)
		}
	}
	if err := p.countTexts(); err != nil {
		return nil, err
	}
	return p, p.findSheets()
}

func (p *parts) open(name string) (io.ReadCloser, error) {
	f := p.files[strings.ToLower(name)]
	if f == nil {
		return nil, fmt.Errorf("has no part %s: save it again as .xlsx", name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("is damaged in %s: save it again as .xlsx", name)
	}
	return r, nil
}

// decode reads a small part of XML.
func (p *parts) decode(name string, into any) error {
	r, err := p.open(name)
	if err != nil {
		return err
	}
	err = xml.NewDecoder(r).Decode(into)
	if err := errors.Join(err, r.Close()); err != nil {
		return fmt.Errorf("is damaged in %s: %w", name, err)
	}
	return nil
}

// countTexts refuses a table of more texts than memory should hold: an empty one takes five bytes there and a hundred here.
func (p *parts) countTexts() error {
	if p.files[texts] == nil {
		return nil
	}
	r, err := p.open(texts)
	if err != nil {
		return err
	}
	n, err := elements(r)
	if err := errors.Join(err, r.Close()); err != nil {
		return fmt.Errorf("is damaged in %s: %w", texts, err)
	}
	if n > maxElements {
		return errors.New("holds more texts than a list of units can have")
	}
	return nil
}

// elements counts the elements of a part, up to the limit, and reads it to its end.
func elements(r io.Reader) (int, error) {
	n := 0
	for d := xml.NewDecoder(r); n <= maxElements; {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return n, err
		}
		if _, ok := t.(xml.StartElement); ok {
			n++
		}
	}
	return n, nil
}

// findSheets lists the sheets in the order of the workbook.
func (p *parts) findSheets() error {
	var links struct {
		All []struct {
			ID     string `xml:"Id,attr"`
			Type   string `xml:"Type,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := p.decode("_rels/.rels", &links); err != nil {
		return errors.New("is no .xlsx workbook: save it as .xlsx")
	}
	book := "xl/workbook.xml"
	for _, l := range links.All {
		if strings.HasSuffix(l.Type, "/officeDocument") {
			book = strings.TrimPrefix(path.Clean("/"+l.Target), "/")
		}
	}
	var sheets struct {
		All []struct {
			Name string     `xml:"name,attr"`
			Attr []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := p.decode(book, &sheets); err != nil {
		return err
	}
	links.All = nil
	folder := path.Dir(book)
	if err := p.decode(folder+"/_rels/"+path.Base(book)+".rels", &links); err != nil {
		return err
	}
	target := map[string]string{}
	for _, l := range links.All {
		if strings.HasPrefix(l.Target, "/") {
			target[l.ID] = path.Clean(l.Target)[1:]
			continue
		}
		target[l.ID] = path.Join(folder, l.Target)
	}
	for _, s := range sheets.All {
		one := part{name: s.Name}
		for _, a := range s.Attr {
			if a.Name.Local == "id" {
				one.file = target[a.Value]
			}
		}
		p.sheets = append(p.sheets, one)
	}
	return nil
}
