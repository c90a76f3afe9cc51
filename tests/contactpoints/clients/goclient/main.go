// The life of everything through the Go client that the Terraform provider, gcx, grizzly and the
// Grafana operator are made with. Prints a line for each step; the first that fails ends it.
package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"

	goapi "github.com/grafana/grafana-openapi-client-go/client"
	"github.com/grafana/grafana-openapi-client-go/client/provisioning"
	"github.com/grafana/grafana-openapi-client-go/models"
)

func check(what string, err error) {
	if err != nil {
		fmt.Println("FAILED", what, err)
		os.Exit(1)
	}
	fmt.Println("ok", what)
}

func main() {
	u, _ := url.Parse(os.Args[1])
	c := goapi.NewHTTPClientWithConfig(nil, &goapi.TransportConfig{Host: u.Host, BasePath: "/api", Schemes: []string{"http"}, APIKey: os.Args[2]})
	p := c.Provisioning
	str := func(s string) *string { return &s }
	body := &models.EmbeddedContactPoint{Name: "tf β/1", Type: str("slack"), Settings: map[string]any{"recipient": "#a", "token": "xoxb-1"}, DisableResolveMessage: true}
	made, err := p.PostContactpoints(provisioning.NewPostContactpointsParams().WithBody(body))
	check("post contact point", err)
	uid := made.Payload.UID
	name := "tf β/1"
	got, err := p.GetContactpoints(provisioning.NewGetContactpointsParams().WithName(&name))
	check("get contact points", err)
	if len(got.Payload) != 1 || got.Payload[0].UID != uid {
		check("find uid", fmt.Errorf("%v", got.Payload))
	}
	s, _ := json.Marshal(got.Payload[0])
	fmt.Println(string(s))
	_, err = p.PutContactpoint(provisioning.NewPutContactpointParams().WithUID(uid).WithBody(got.Payload[0]))
	check("put contact point", err)
	_, err = p.PutTemplate(provisioning.NewPutTemplateParams().WithName("tf tmpl").WithBody(&models.NotificationTemplateContent{Template: "{{ define \"tf tmpl\" }}x{{ end }}"}))
	check("put template", err)
	t, err := p.GetTemplate("tf tmpl")
	check("get template", err)
	fmt.Println(t.Payload.Name, t.Payload.Version)
	_, err = p.PostMuteTiming(provisioning.NewPostMuteTimingParams().WithBody(&models.MuteTimeInterval{Name: "night/1", TimeIntervals: []*models.TimeIntervalItem{{Weekdays: []string{"monday:friday"}, Times: []*models.TimeIntervalTimeRange{{StartTime: "10:00", EndTime: "12:00"}}, Location: "Europe/Berlin"}}}))
	check("post mute timing", err)
	m, err := p.GetMuteTiming("night/1")
	check("get mute timing", err)
	fmt.Println(m.Payload.Name, m.Payload.TimeIntervals[0].Weekdays)
	_, err = p.PutMuteTiming(provisioning.NewPutMuteTimingParams().WithName("night/1").WithBody(m.Payload))
	check("put mute timing", err)
	tree := &models.Route{Receiver: name, GroupBy: []string{"alertname"}, Routes: []*models.Route{{Receiver: name, ObjectMatchers: models.ObjectMatchers{models.ObjectMatcher{"team", "=", "a"}}, MuteTimeIntervals: []string{"night/1"}, GroupWait: "1m"}}}
	_, err = p.PutPolicyTree(provisioning.NewPutPolicyTreeParams().WithBody(tree))
	check("put policies", err)
	g, err := p.GetPolicyTree()
	check("get policies", err)
	g.Payload.Routes[0].MuteTimeIntervals = nil
	_, err = p.DeleteMuteTiming(provisioning.NewDeleteMuteTimingParams().WithName("night/1"))
	if err == nil {
		check("delete used", fmt.Errorf("was deleted"))
	}
	fmt.Println("refused:", err)
	_, err = p.PutPolicyTree(provisioning.NewPutPolicyTreeParams().WithBody(g.Payload))
	check("put policies without", err)
	_, err = p.GetAlertRules()
	check("alert rules", err)
	_, err = p.DeleteMuteTiming(provisioning.NewDeleteMuteTimingParams().WithName("night/1"))
	check("delete mute timing", err)
	_, err = p.DeleteContactpoints(uid)
	if err == nil {
		check("delete used", fmt.Errorf("was deleted"))
	}
	fmt.Println("refused:", err)
	e, err := p.GetContactpointsExport(provisioning.NewGetContactpointsExportParams())
	check("export", err)
	fmt.Println(len(e.Payload.ContactPoints), e.Payload.ContactPoints[0].Receivers[0].Settings)
	pe, err := p.GetPolicyTreeExport()
	check("export policies", err)
	fmt.Println(pe.Payload.Policies[0].Receiver)
	_, err = p.ResetPolicyTree()
	check("reset policies", err)
	_, err = p.DeleteContactpoints(uid)
	check("delete contact point", err)
	_, err = p.DeleteTemplate(provisioning.NewDeleteTemplateParams().WithName("tf tmpl"))
	check("delete template", err)
	h, err := c.Health.GetHealth()
	check("health", err)
	fmt.Println(h.Payload.Version)
}
