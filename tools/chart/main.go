// Renders a chart as `helm template` does, with the same template engine and function library, for tests on machines
// without Helm: chart <folder> <release> [file of more values].
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"gopkg.in/yaml.v3"
)

type object = map[string]interface{}

func main() {
	log.SetFlags(0)
	folder, release := os.Args[1], os.Args[2]
	values := read(filepath.Join(folder, "values.yaml"))
	if len(os.Args) > 3 {
		lay(read(os.Args[3]), values)
	}
	chart := object{}
	for name, value := range read(filepath.Join(folder, "Chart.yaml")) {
		chart[strings.ToUpper(name[:1])+name[1:]] = value
	}
	about := object{
		"Values": values, "Chart": chart,
		"Release": object{"Name": release, "Namespace": "default", "IsInstall": true, "IsUpgrade": false},
	}
	files, err := filepath.Glob(filepath.Join(folder, "templates", "*"))
	check(err)
	sort.Strings(files)
	all := template.New("chart").Option("missingkey=zero")
	all.Funcs(sprig.TxtFuncMap()).Funcs(template.FuncMap{
		"toYaml": func(value interface{}) string {
			text, err := yaml.Marshal(value)
			check(err)
			return strings.TrimSuffix(string(text), "\n")
		},
		"include": func(name string, data interface{}) (string, error) {
			var out bytes.Buffer
			err := all.ExecuteTemplate(&out, name, data)
			return out.String(), err
		},
		"required": func(words string, value interface{}) (interface{}, error) {
			if value == nil || value == "" {
				return nil, fmt.Errorf("%s", words)
			}
			return value, nil
		},
	})
	for _, file := range files {
		text, err := os.ReadFile(file)
		check(err)
		_, err = all.New(filepath.Base(file)).Parse(string(text))
		check(err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		if strings.HasPrefix(name, "_") || !strings.HasSuffix(name, ".yaml") {
			continue
		}
		var out bytes.Buffer
		check(all.ExecuteTemplate(&out, name, about))
		fmt.Printf("---\n# Source: %s\n%s\n", name, strings.ReplaceAll(out.String(), "<no value>", ""))
	}
}

// lay puts the values of an operator over those of the chart, branch by branch.
func lay(upper, lower object) {
	for name, value := range upper {
		if branch, is := value.(object); is {
			if below, is := lower[name].(object); is {
				lay(branch, below)
				continue
			}
		}
		lower[name] = value
	}
}

func read(file string) object {
	text, err := os.ReadFile(file)
	check(err)
	found := object{}
	check(yaml.Unmarshal(text, &found))
	return found
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
