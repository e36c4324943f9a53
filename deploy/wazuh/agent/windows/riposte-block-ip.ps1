# Started by Wazuh's agent through riposte-block-ip.cmd: has Windows' firewall drop what comes from an address and goes to
# it, proves that the rules are there and the firewall is on, and undoes it on request. Never run: see the README.
# riposte-block-ip.ps1 -Lift: lifts what is over, for a scheduled task.
param([switch] $Lift)
$Action = 'block-ip'
. (Join-Path $PSScriptRoot 'riposte-companion.ps1')
# A folder's name takes no colon.
$HoldColon = ':'

# IPv4 as numbers, IPv6 as eight groups, and nothing else: no name, no network, no zone, no IPv4 within an IPv6.
function Read-Target($Data) { return Get-Spelling ([string] (Get-Part $Data 'srcip')) }

function Get-Spelling([string] $Text) {
  if ($Text -cmatch '\A[0-9]{1,3}(\.[0-9]{1,3}){3}\z') {
    foreach ($part in $Text.Split('.')) { if ($part -cnotmatch '\A(0|[1-9][0-9]{0,2})\z' -or [int] $part -gt 255) { return '' } }
    return $Text
  }
  if ($Text -cnotmatch '\A[0-9a-fA-F:]{2,39}\z') { return '' }
  $parsed = $null
  if (-not [Net.IPAddress]::TryParse($Text, [ref] $parsed)) { return '' }
  $bytes = $parsed.GetAddressBytes()
  if ($bytes.Length -ne 16) { return '' }
  $groups = for ($i = 0; $i -lt 16; $i += 2) { '{0:x}' -f ($bytes[$i] * 256 + $bytes[$i + 1]) }
  return $groups -join ':'
}

# Never a single machine somewhere else: this one, everybody, nobody, the link, an IPv4 in disguise.
function Test-Nobodys([string] $Address) {
  return $Address -cmatch '\A(0\.|127\.|169\.254\.|22[4-9]\.|2[345][0-9]\.|0:0:0:0:0:|fe[89ab][0-9a-f]:|ff[0-9a-f]{2}:|64:ff9b:)'
}

# What this agent can't do without; null: it can't be known who the manager is, and then nobody is blocked.
function Get-Needed {
  $texts = @(Get-NetIPAddress | ForEach-Object { $_.IPAddress })
  $texts += @(Get-NetRoute | Where-Object { $_.DestinationPrefix -eq '0.0.0.0/0' -or $_.DestinationPrefix -eq '::/0' } | ForEach-Object { $_.NextHop })
  $texts += @(Get-DnsClientServerAddress | ForEach-Object { $_.ServerAddresses })
  $conf = [IO.File]::ReadAllText((Join-Path $AgentHome 'ossec.conf'))
  $managers = @([regex]::Matches($conf, '<address>\s*([^<\s]+)\s*</address>') | ForEach-Object { $_.Groups[1].Value })
  if ($managers.Count -eq 0) { return $null }
  foreach ($manager in $managers) {
    if ((Get-Spelling $manager) -ne '') { $texts += $manager; continue }
    try { $texts += @([Net.Dns]::GetHostAddresses($manager) | ForEach-Object { $_.ToString() }) } catch { return $null }
  }
  return @($texts | ForEach-Object { Get-Spelling ($_ -replace '%.*', '') } | Where-Object { $_ -ne '' })
}

function Get-Refusal {
  if (Test-Nobodys $order.Target) { return 'protected' }
  foreach ($pattern in $Protect) { if ($order.Target -like $pattern) { return 'protected' } }
  try { $needed = Get-Needed } catch { $needed = $null }
  if ($null -eq $needed -or @($needed) -contains $order.Target) { return 'protected' }
  return ''
}

function Get-Before { return @('windows', $order.Target) }

function Get-RuleName([string] $Direction) { return 'RiposteCompanion-' + $Direction + '-' + ($order.Target -replace ':', '_') }

function Invoke-Effect([string] $Hold) {
  foreach ($direction in 'Inbound', 'Outbound') {
    # By itself, so that one that can't be made does not keep the other from it; looking says what is missing.
    try {
      if (Test-Rule $direction) { continue }
      $name = Get-RuleName $direction
      Remove-NetFirewallRule -Name $name -ErrorAction SilentlyContinue
      [void] (New-NetFirewallRule -Name $name -DisplayName "Riposte blocks $($order.Target)" -Direction $direction -Action Block -Profile Any -Enabled True -RemoteAddress $order.Target)
    } catch { $null = $_ }
  }
}

function Test-Rule([string] $Direction) {
  $rule = Get-NetFirewallRule -Name (Get-RuleName $Direction) -ErrorAction SilentlyContinue
  if ($null -eq $rule -or [string] $rule.Enabled -ne 'True' -or [string] $rule.Action -ne 'Block' -or [string] $rule.Direction -ne $Direction) { return $false }
  $remote = @(($rule | Get-NetFirewallAddressFilter).RemoteAddress)
  return $remote.Count -eq 1 -and (Get-Spelling $remote[0]) -ceq $order.Target
}

# A rule of a firewall that is off drops nothing.
function Test-Firewall {
  return @(Get-NetFirewallProfile -PolicyStore ActiveStore | Where-Object { [string] $_.Enabled -ne 'True' }).Count -eq 0
}

function Get-Found([string] $Hold) {
  $rule = $(if ((Test-Rule 'Inbound') -and (Test-Rule 'Outbound') -and (Test-Firewall)) { 'in_place' } else { 'missing' })
  return [ordered] @{ rule = $rule; with = 'windows' }
}

function Get-Lack($Found) { return $(if ($Found['rule'] -eq 'in_place') { '' } else { 'rule_missing' }) }

function Test-StillThere([string] $Hold) { return [IO.File]::Exists((Join-Path $Hold 'before')) }

function Restore-Target([string] $Hold) {
  foreach ($direction in 'Inbound', 'Outbound') { Remove-NetFirewallRule -Name (Get-RuleName $direction) -ErrorAction SilentlyContinue }
  foreach ($direction in 'Inbound', 'Outbound') {
    if ($null -ne (Get-NetFirewallRule -Name (Get-RuleName $direction) -ErrorAction SilentlyContinue)) { return $false }
  }
  return $true
}

Invoke-Companion
