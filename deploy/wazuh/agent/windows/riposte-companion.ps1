# How an order is carried out on Windows, whatever it does: read by the scripts of each action. An action brings functions
# of its own:
#   Read-Target DATA     the target of the order; empty: unusable
#   Get-Refusal          why this target is never held; empty: it may be
#   Get-Before           lines about what is there now
#   Invoke-Effect HOLD   does it; every part of it may have been done already
#   Get-Found HOLD       what is seen, in order; null: the target is not there
#   Get-Lack FOUND       what is missing; empty: it is in force
#   Test-StillThere HOLD false: what was held no longer exists
#   Restore-Target HOLD  puts it back, looks, and says whether it is as before
# and $HoldColon, what a "_" in a hold's name stands for.
# Windows PowerShell 5.1. The contract is docs/reference/companion.md. Written from Microsoft's manuals and never run.
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$Program = "riposte-$Action.cmd"
$AgentHome = Split-Path -Parent (Split-Path -Parent $PSScriptRoot)
$State = Join-Path $env:ProgramData 'RiposteCompanion'
$Log = Join-Path $AgentHome 'active-response\active-responses.log'
$OrderMost = 16384
$LockWaitMs = 20000
# What is refused beside what each action refuses by itself, as -like patterns: accounts and addresses.
$Protect = @()
$Now = [DateTimeOffset]::UtcNow.ToUnixTimeSeconds()

$order = @{ Token = ''; Verb = ''; Target = ''; Seconds = 0; Delete = $false }
$until = [long] 0
$others = 0

# --- the order and the answer ---

function Read-Order {
  $line = [Console]::In.ReadLine()
  if ($null -eq $line -or $line.Length -gt $OrderMost) { return 'bad_order' }
  try { $message = ConvertFrom-Json -InputObject $line } catch { return 'bad_order' }
  $alert = Get-Part (Get-Part (Get-Part $message 'parameters') 'alert') 'data'
  $riposte = Get-Part $alert 'riposte'
  $command = [string] (Get-Part $message 'command')
  $verb = [string] (Get-Part $riposte 'verb')
  $seconds = [string] (Get-Part $riposte 'seconds')
  if ([string] (Get-Part $riposte 'v') -cne '1') { return 'bad_order' }
  if (@('add', 'check', 'undo') -cnotcontains $verb) { return 'bad_order' }
  if (@('add', 'delete') -cnotcontains $command) { return 'bad_order' }
  if ($seconds -ne '') {
    if ($seconds -cnotmatch '\A[1-9][0-9]{0,7}\z' -or [long] $seconds -gt 31536000) { return 'bad_order' }
    $order.Seconds = [long] $seconds
  }
  $order.Delete = $command -ceq 'delete'
  $order.Verb = $verb
  $token = [string] (Get-Part $riposte 'token')
  if ($token -cnotmatch '\A[A-Za-z0-9_-]{8,64}\z') { return 'bad_token' }
  $order.Token = $token
  $order.Target = Read-Target $alert
  if ($order.Target -eq '') { return 'bad_target' }
  return ''
}

function Get-Part($Object, [string] $Name) {
  if ($Object -isnot [System.Management.Automation.PSCustomObject]) { return $null }
  $property = $Object.PSObject.Properties[$Name]
  if ($null -eq $property) { return $null }
  return $property.Value
}

function Send-Keys {
  $keys = '{"version":1,"origin":{"name":"' + $Program + '","module":"active-response"},"command":"check_keys","parameters":{"keys":["' + $order.Token + '"]}}'
  [Console]::Out.Write($keys + "`n")
  [Console]::Out.Flush()
  [void] [Console]::In.ReadLine()
}

# All that is in it has been checked to need no escaping.
function Write-Answer([string] $Effect, [string] $Why, $Found = $null) {
  $pairs = @()
  if ($null -ne $Found) {
    # Not by .Keys, which is what one of the parts is called.
    foreach ($part in $Found.GetEnumerator()) { $pairs += '"' + $part.Key + '":"' + $part.Value + '"' }
  }
  $json = '{"riposte":{"v":"1","token":"' + $order.Token + '","action":"' + $Action + '","verb":"' + $order.Verb +
    '","target":"' + $order.Target + '","effect":"' + $Effect + '","why":"' + $Why + '","others":"' + $others +
    '","until":"' + $until + '","found":{' + ($pairs -join ',') + '}}}'
  # Slashes, not the sign that this computer's language has for them.
  $time = (Get-Date).ToString('yyyy\/MM\/dd HH\:mm\:ss', [Globalization.CultureInfo]::InvariantCulture)
  $line = $time + ' active-response/bin/' + $Program + ': ' + $json + "`n"
  [IO.File]::AppendAllText($Log, $line, (New-Object Text.UTF8Encoding($false)))
}

# --- what is remembered ---

# Only SYSTEM and the administrators, whatever ProgramData lets everybody do.
function Initialize-State {
  foreach ($folder in $State, (Join-Path $State 'tokens'), (Join-Path $State 'holds'), (Join-Path (Join-Path $State 'holds') $Action)) {
    if (-not (Test-Path -LiteralPath $folder)) {
      [void] [IO.Directory]::CreateDirectory($folder)
      if ($folder -eq $State) { Protect-Folder $folder }
    }
    if (([IO.File]::GetAttributes($folder) -band [IO.FileAttributes]::ReparsePoint) -ne 0) { return $false }
  }
  $known = @('S-1-5-18', 'S-1-5-32-544')
  $acl = Get-Acl -LiteralPath $State
  if ($known -notcontains $acl.GetOwner([Security.Principal.SecurityIdentifier]).Value) { return $false }
  if (-not $acl.AreAccessRulesProtected) { return $false }
  foreach ($rule in $acl.GetAccessRules($true, $true, [Security.Principal.SecurityIdentifier])) {
    if ($known -notcontains $rule.IdentityReference.Value) { return $false }
  }
  return $true
}

function Protect-Folder([string] $Path) {
  $acl = New-Object Security.AccessControl.DirectorySecurity
  $acl.SetAccessRuleProtection($true, $false)
  foreach ($sid in 'S-1-5-18', 'S-1-5-32-544') {
    $who = New-Object Security.Principal.SecurityIdentifier($sid)
    $acl.AddAccessRule((New-Object Security.AccessControl.FileSystemAccessRule($who, 'FullControl', 'ContainerInherit,ObjectInherit', 'None', 'Allow')))
  }
  $acl.SetOwner((New-Object Security.Principal.SecurityIdentifier('S-1-5-32-544')))
  Set-Acl -LiteralPath $Path -AclObject $acl
}

# The whole of it or nothing, and on the disk before anything is done because of it.
function Set-Memory([string] $Path, [string[]] $Lines) {
  $new = Join-Path $State 'new'
  $bytes = [Text.Encoding]::UTF8.GetBytes(($Lines -join "`n") + "`n")
  $file = New-Object IO.FileStream($new, [IO.FileMode]::Create, [IO.FileAccess]::Write, [IO.FileShare]::None, 4096, [IO.FileOptions]::WriteThrough)
  try { $file.Write($bytes, 0, $bytes.Length); $file.Flush($true) } finally { $file.Dispose() }
  if ([IO.File]::Exists($Path)) { [IO.File]::Replace($new, $Path, [NullString]::Value) } else { [IO.File]::Move($new, $Path) }
}

function Get-TokenPath([string] $Token) { return Join-Path (Join-Path $State 'tokens') $Token }
function Get-HoldPath([string] $Target) { return Join-Path (Join-Path (Join-Path $State 'holds') $Action) ($Target -replace ':', '_') }

# Null, or State, Action, Target and Until. Tokens that differ in capitals only are one file here: such a one is
# another's, and refused as such.
function Read-Token([string] $Token) {
  $path = Get-TokenPath $Token
  if (-not [IO.File]::Exists($path)) { return $null }
  $parts = ([IO.File]::ReadAllText($path)).Trim().Split(' ')
  return @{ State = $parts[0]; Action = $parts[1]; Target = $parts[2]; Until = [long] $parts[3]; Token = $parts[4] }
}

function Write-Token([string] $TokenState) {
  Set-Memory (Get-TokenPath $order.Token) @("$TokenState $Action $($order.Target) $until $($order.Token)")
}

function Get-Others([string] $Hold) {
  $folder = Join-Path $Hold 'holders'
  if (-not [IO.Directory]::Exists($folder)) { return 0 }
  return @([IO.Directory]::GetFiles($folder) | Where-Object { [IO.Path]::GetFileName($_) -cne $order.Token }).Count
}

function Remove-Hold([string] $Hold) {
  if (-not [IO.Directory]::Exists($Hold)) { return }
  $gone = Join-Path $State 'discarded'
  if ([IO.Directory]::Exists($gone)) { [IO.Directory]::Delete($gone, $true) }
  [IO.Directory]::Move($Hold, $gone)
  [IO.Directory]::Delete($gone, $true)
}

# --- do, look, take back ---

function Write-Look([string] $Effect, [string] $Why, [string] $Hold) {
  $found = Get-Found $Hold
  $lack = Get-Lack $found
  if ($lack -ne '') { Write-Answer 'no' $lack $found; return $false }
  Write-Answer $Effect $Why $found
  return $true
}

function Read-Before([string] $Hold) {
  $path = Join-Path $Hold 'before'
  if (-not [IO.File]::Exists($path)) { return $null }
  return [IO.File]::ReadAllLines($path)
}

function Invoke-Add($Known, [string] $Hold) {
  if ($null -ne $Known -and $Known.State -eq 'done') { [void] (Write-Look 'already' 'seen' $Hold); return }
  if ($null -ne $Known -and $Known.State -ne 'begun') { Write-Answer 'refused' 'token_ended'; return }
  if ($null -eq $Known -and $order.Seconds -gt 0) { $script:until = $Now + $order.Seconds }
  $why = Get-Refusal
  if ($why -ne '') { $script:until = 0; Write-Answer 'refused' $why; return }
  $before = Read-Before $Hold
  if ($null -ne $before -and -not (Test-StillThere $Hold)) { Remove-Hold $Hold }
  try {
    Write-Token 'begun'
    [void] [IO.Directory]::CreateDirectory((Join-Path $Hold 'holders'))
    if ($null -eq (Read-Before $Hold)) { Set-Memory (Join-Path $Hold 'before') @(Get-Before) }
    Set-Memory (Join-Path (Join-Path $Hold 'holders') $order.Token) @([string] $until)
  } catch { Write-Answer 'no' 'state_unwritable'; return }
  Invoke-Effect $Hold
  $script:others = Get-Others $Hold
  if (Write-Look 'yes' $(if ($others -gt 0) { 'joined' } else { 'done' }) $Hold) { Write-Token 'done' }
}

function Invoke-Check($Known, [string] $Hold) {
  $script:others = Get-Others $Hold
  if ($null -eq $Known) { Write-Answer 'undone' 'never_done' }
  elseif ($Known.State -eq 'ended') { Write-Answer 'undone' 'was_undone' }
  elseif ($Known.State -eq 'ending') { Write-Answer 'no' 'not_restored' }
  else { [void] (Write-Look 'yes' 'in_force' $Hold) }
}

function Invoke-Undo($Known, [string] $Hold) {
  if ($null -eq $Known) { Write-Token 'ended'; Write-Answer 'undone' 'never_done'; return }
  if ($Known.State -eq 'ended') { Write-Answer 'undone' 'was_undone'; return }
  Write-Token 'ending'
  Invoke-Release $Hold
}

# Ends what the token holds; the last one out puts everything back.
function Invoke-Release([string] $Hold) {
  $holder = Join-Path (Join-Path $Hold 'holders') $order.Token
  if ([IO.File]::Exists($holder)) { [IO.File]::Delete($holder) }
  $script:others = Get-Others $Hold
  $found = Get-Found $Hold
  if ($others -gt 0) { Write-Token 'ended'; Write-Answer 'undone' 'still_held' $found }
  elseif ($null -eq (Read-Before $Hold)) { Remove-Hold $Hold; Write-Token 'ended'; Write-Answer 'undone' 'restored' $found }
  elseif (-not (Test-StillThere $Hold)) { Remove-Hold $Hold; Write-Token 'ended'; Write-Answer 'undone' 'target_gone' }
  elseif (Restore-Target $Hold) {
    $found = Get-Found $Hold
    Remove-Hold $Hold
    Write-Token 'ended'
    Write-Answer 'undone' 'restored' $found
  } else { Write-Answer 'no' 'not_restored' (Get-Found $Hold) }
}

# What has no holder any more was left half-way by somebody who died.
function Invoke-Lift {
  $asked = $order.Clone()
  foreach ($hold in @([IO.Directory]::GetDirectories((Join-Path (Join-Path $State 'holds') $Action)))) {
    $order.Target = [IO.Path]::GetFileName($hold) -replace '_', $HoldColon
    $order.Verb = 'lift'
    $folder = Join-Path $hold 'holders'
    $holders = @($(if ([IO.Directory]::Exists($folder)) { [IO.Directory]::GetFiles($folder) }))
    foreach ($holder in $holders) {
      $end = [long] ([IO.File]::ReadAllText($holder)).Trim()
      if ($end -eq 0 -or $end -gt $Now) { continue }
      $order.Token = [IO.Path]::GetFileName($holder)
      $script:until = $end
      Write-Token 'ending'
      Invoke-Release $hold
    }
    $order.Token = ''
    if ([IO.Directory]::Exists($hold) -and (Get-Others $hold) -eq 0) {
      if (-not (Test-StillThere $hold) -or (Restore-Target $hold)) { Remove-Hold $hold }
    }
  }
  foreach ($name in @($asked.Keys)) { $order[$name] = $asked[$name] }
  # A token that ended long ago is no longer sent by anybody.
  foreach ($file in @([IO.Directory]::GetFiles((Join-Path $State 'tokens')))) {
    if ([IO.File]::GetLastWriteTimeUtc($file) -lt [DateTime]::UtcNow.AddDays(-400) -and [IO.File]::ReadAllText($file).StartsWith('ended ')) { [IO.File]::Delete($file) }
  }
  $script:until = 0
  $script:others = 0
}

function Invoke-Companion {
  if (-not $Lift) {
    $why = Read-Order
    if ($why -ne '') { Write-Answer 'refused' $why; return }
    if ($order.Verb -ceq 'add' -and -not $order.Delete) { Send-Keys }
  }
  $quiet = $Lift -or $order.Delete
  if (-not (Initialize-State)) { if (-not $quiet) { Write-Answer 'refused' 'unsafe_state' }; return }
  $mutex = New-Object Threading.Mutex($false, 'Global\RiposteCompanion')
  # Whoever died with it left it to us.
  try { $mine = $mutex.WaitOne($LockWaitMs) } catch [Threading.AbandonedMutexException] { $mine = $true }
  if (-not $mine) { if (-not $quiet) { Write-Answer 'no' 'busy' }; return }
  try {
    Invoke-Lift
    if ($quiet) { return }
    $known = Read-Token $order.Token
    if ($null -ne $known) {
      if ($known.Action -cne $Action -or $known.Target -cne $order.Target -or $known.Token -cne $order.Token) { Write-Answer 'refused' 'token_of_another'; return }
      $script:until = $known.Until
    }
    $hold = Get-HoldPath $order.Target
    switch ($order.Verb) {
      'add' { Invoke-Add $known $hold }
      'check' { Invoke-Check $known $hold }
      'undo' { Invoke-Undo $known $hold }
    }
  } finally { $mutex.ReleaseMutex() }
}
