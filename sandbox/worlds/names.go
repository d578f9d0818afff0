package worlds

import "strings"

func words(s string) []string { return strings.Fields(s) }

var firstNames = map[string][]string{
	"Shoreditch": words(`Amelia Oliver Isla George Ava Harry Freya Noah Priya Arjun Zara Imran Aisha Kwame Chidi Ngozi Siobhan Rhys Megan
		Callum Poppy Alfie Grace Theo Nadia Yusuf Hannah Tom Ellie Jack Mina Ravi Chloe Ben Lucy Sam Tariq Leila Owen Maya`),
	"Baixa": words(`Ana João Maria Tiago Inês Rui Beatriz Diogo Catarina Miguel Sofia Pedro Mariana Nuno Rita André Joana Luís Carolina
		Gonçalo Marta Ricardo Leonor Francisco Teresa Bruno Helena Vasco Clara Duarte`),
	"Flatiron": words(`Emma Liam Olivia Mason Sophia Ethan Camila Mateo Valentina Diego Jasmine Malik Aaliyah Jamal Mei Wei Hana Kenji
		Rachel David Sarah Joshua Kayla Tyler Nora Max Zoe Leo Ruth Eli`),
}

var lastNames = map[string][]string{
	"Shoreditch": words(`Ashworth Okafor Patel Bennett Whitfield Sharma Osei Clarke Donovan Khan Fletcher Adeyemi Marsh Hughes Barlow
		Griffiths Mistry Ellison Rahman Thorne Lockwood Begum Pritchard Kaur Holloway Nwosu Sutton Ward Mensah Fraser`),
	"Baixa": words(`Almeida Carvalho Ferreira Lopes Marques Nogueira Pacheco Queirós Ramalho Santos Teixeira Vasconcelos Azevedo Barros
		Correia Duarte Esteves Figueiredo Guerreiro Henriques Leitão Moura Neves Oliveira Pinto`),
	"Flatiron": words(`Abrams Brooks Castillo Delgado Edwards Feldman Greene Herrera Ibrahim Jackson Kaplan Lin Morales Nakamura Ortiz
		Park Quinn Rosen Sanchez Turner Underwood Vega Washington Xu Young`),
}

// companyWords make 140 names: adjective x noun, each once.
var companyFirst = words(`Amber Birch Cobalt Delta Ember Fathom Granite Harbour Indigo Juniper Kestrel Lantern Meridian Northway Orchard
	Pebble Quarry Rivet Saffron Tidal Umber Vellum Willow Yonder Zenith Arbour Beacon Copper`)

var companySecond = words(`Labs Studio Partners Works Analytics`)

var roomNames = map[string][]string{
	"Shoreditch": words(`Elephant Otter Heron Badger Falcon Lynx Magpie Hedgehog Kingfisher Stoat Curlew Dormouse Plover Marten Osprey Puffin
		Robin Swift Teal Wren`),
	"Baixa": words(`Alecrim Bica Chiado Graça Lapa Madragoa Mouraria Penha Prazeres Rato Restelo Rossio Saldanha Belém Campolide Estrela
		Intendente Marvila Olivais Príncipe`),
	"Flatiron": words(`Bleecker Bowery Broome Canal Charles Delancey Elizabeth Essex Grand Greene Hester Houston Irving Lafayette Ludlow
		Mercer Mulberry Orchard Prince Spring`),
}
