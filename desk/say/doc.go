// Package say turns codes into plain English, once, for every way in: the command line and the console tell the same
// thing in the same words.
//
//	cardea.Explanation, Verdict, Cause, Hold  --say-->  Answer, Line, sentences  -->  console, command line
//
// It also holds the small views that a page or command shows (Overview, Run, Explained): the desk fills them, a way in
// prints them. Nothing here decides anything or reads a clock; a name that comes from outside is cleaned of control
// characters, so that it can be printed on a terminal, but it is not escaped for HTML.
package say
