terraform {
  required_providers {
    grafana = {
      source = "grafana/grafana"
    }
  }
}

variable "url" {}

variable "auth" {
  sensitive = true
}

variable "sink" {}

provider "grafana" {
  url  = var.url
  auth = var.auth
}

variable "changed" {
  type    = bool
  default = false
}

variable "name" {
  default = "first name"
}
