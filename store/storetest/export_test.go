package storetest

// Program is program, for the suite.
var Program = program
