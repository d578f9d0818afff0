package sheet

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/cardea-access/cardea"
)

// patch exchanges a text in the parts of a workbook under a folder.
func patch(t *testing.T, data []byte, folder, from, to string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	found := false
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(f.Name, folder) && bytes.Contains(body, []byte(from)) {
			body, found = bytes.ReplaceAll(body, []byte(from), []byte(to)), true
		}
		out, err := w.Create(f.Name)
		if err == nil {
			_, err = out.Write(body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if !found {
		t.Fatalf("%s is nowhere", from)
	}
	return b.Bytes()
}

func TestRefusesDamagedAndForeignFiles(t *testing.T) {
	t.Parallel()
	whole := write(t, small())
	for name, c := range map[string]struct {
		data []byte
		why  string
	}{
		"empty":        {nil, "no .xlsx workbook"},
		"csv":          {[]byte("a,b\n1,2\n"), "no .xlsx workbook"},
		"old":          {[]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1........"), "without a password"},
		"cut short":    {whole[:len(whole)/2], "no .xlsx workbook"},
		"no workbook":  {patch(t, whole, "_rels/", "Relationship ", "Relation "), "Sheet"},
		"torn sheet":   {patch(t, whole, "xl/worksheets/", "</sheetData>", ""), "Sheet"},
		"unsorted":     {patch(t, whole, "xl/worksheets/", `<row r="3"`, `<row r="1"`), "Sheet"},
		"cells shift":  {patch(t, whole, "xl/worksheets/", `<c r="B2"`, `<c r="A2"`), "Sheet"},
		"far column":   {patch(t, whole, "xl/worksheets/", `<c r="E2"`, `<c r="XFD2"`), "Sheet"},
		"too large":    {bytes.Repeat([]byte{'P'}, maxFile+1), "larger than 50 MB"},
		"zip bomb":     {bomb(t, "xl/worksheets/sheet1.xml", maxUnpack+1), "too large when it is unpacked"},
		"many texts":   {bomb(t, "xl/sharedStrings.xml", maxTexts+1), "too large when it is unpacked"},
		"large styles": {bomb(t, "xl/styles.xml", maxPart+1), "too large when it is unpacked"},
	} {
		b, err := ReadWorkbook(bytes.NewReader(c.data), nil)
		cells := refusal(t, b.Records(), err)
		if name == "no workbook" {
			continue
		}
		if !strings.Contains(cells[0].Where+cells[0].What, c.why) {
			t.Errorf("%s: %v", name, cells)
		}
	}
}

// bomb is an archive with a part that says to unpack to so many bytes.
func bomb(t *testing.T, name string, size uint64) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	_, err := w.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, UncompressedSize64: size})
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// FuzzReadWorkbook puts foreign bytes in the place of the units' sheet: changed bytes in the archive itself only fail its
// checksums. Whole files are taken as they are.
func FuzzReadWorkbook(f *testing.F) {
	whole := write(f, small())
	z, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		f.Fatal(err)
	}
	others := map[string][]byte{}
	for _, one := range z.File {
		r, err := one.Open()
		if err != nil {
			f.Fatal(err)
		}
		if others[one.Name], err = io.ReadAll(r); err != nil {
			f.Fatal(err)
		}
	}
	const units = "xl/worksheets/sheet3.xml"
	if !bytes.Contains(others[units], []byte("I3")) {
		f.Fatal("the units are elsewhere")
	}
	f.Add(others[units])
	f.Add([]byte(`<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>location</t></is></c></row></sheetData></worksheet>`))
	f.Add([]byte(`<worksheet><sheetData><row r="9"><c r="C9" t="e"><f>A1</f><v>#N/A</v></c></row></sheetData>` +
		`<mergeCells><mergeCell ref="A1:A9"/></mergeCells></worksheet>`))
	f.Add(whole[:len(whole)/2])
	f.Fuzz(func(t *testing.T, data []byte) {
		if !bytes.HasPrefix(data, []byte("PK")) {
			data = archive(t, others, units, data)
		}
		b, err := ReadWorkbook(bytes.NewReader(data), nil)
		if err != nil && (len(b.Records()) > 0 || cardea.ClassOf(err) != cardea.Rejected) {
			t.Errorf("%d records came with %v", len(b.Records()), err)
		}
		met := map[cardea.Key]bool{}
		for _, r := range b.Records() {
			if k := r.Key(); k.ID == "" || met[k] {
				t.Errorf("%s comes twice or has no id", k)
			}
			met[r.Key()] = true
		}
	})
}

// archive packs parts, one of them exchanged.
func archive(t *testing.T, parts map[string][]byte, exchanged string, with []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, body := range parts {
		if name == exchanged {
			body = with
		}
		out, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = out.Write(body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
