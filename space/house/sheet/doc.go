// Package sheet reads what an operator keeps in files: the workbook of a storage site, and CSV lists for everything else.
//
//	.xlsx --> unpack  sizes, before anything is unpacked
//	      --> shape   the sheet's own XML: which cells are numbers, and whether all of it came
//	      --> rows    streamed as stored and as shown, side by side
//	      --> grid    headings to columns
//	      --> maker   rows to records, references by name
//	      --> Book    or every bad cell by its name, and nothing
//	.csv  --> separator, encoding --> grid --> records
//
// Nothing is guessed that two people would read differently, and a file with one bad cell gives nothing at all.
package sheet
