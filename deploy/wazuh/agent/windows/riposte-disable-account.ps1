# Started by Wazuh's agent through riposte-disable-account.cmd: disables a local account, ends its sessions, parks its
# SSH keys, proves it, and undoes it on request. Windows PowerShell 5.1. The contract is docs/reference/companion.md.
# Written from Microsoft's manuals and never run: see the README beside it.
# riposte-disable-account.ps1 -Lift: lifts what is over, for a scheduled task.
param([switch] $Lift)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$Action = 'disable-account'
$Program = 'riposte-disable-account.cmd'
$State = Join-Path $env:ProgramData 'RiposteCompanion'
$Log = Join-Path (Split-Path -Parent (Split-Path -Parent $PSScriptRoot)) 'active-response\active-responses.log'
$OrderMost = 16384
$LockWaitMs = 20000
# Names that are refused beside those that Windows made itself, as -like patterns.
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
  $user = [string] (Get-Part $alert 'dstuser')
  # Names that Windows keeps for devices would be no files.
  if ($user -cnotmatch '\A[A-Za-z_]([A-Za-z0-9_.-]{0,18}[A-Za-z0-9_-])?\z') { return 'bad_target' }
  if ($user -match '\A(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|\z)') { return 'bad_target' }
  # Windows does not tell capitals from small letters in a name, and so must our memory.
  $order.Target = $user.ToLowerInvariant()
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
    foreach ($name in 'password', 'account', 'keys', 'sessions') { $pairs += '"' + $name + '":"' + $Found[$name] + '"' }
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
  foreach ($folder in $State, (Join-Path $State 'tokens'), (Join-Path $State 'holds')) {
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
function Get-HoldPath([string] $Target) { return Join-Path (Join-Path $State 'holds') $Target }

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

# --- the account ---

function Get-Account {
  $account = Get-LocalUser -Name $order.Target -ErrorAction SilentlyContinue
  # A name may be a pattern to some commands; what comes back must be the one that was asked for.
  if ($null -eq $account -or @($account).Count -ne 1 -or $account.Name -ine $order.Target) { return $null }
  return $account
}

# Administrator, Guest, DefaultAccount and the like have numbers below 1000, whatever they are called.
function Test-Protected($Account) {
  if ([int] ($Account.SID.Value.Split('-')[-1]) -lt 1000) { return $true }
  foreach ($pattern in $Protect) { if ($Account.Name -like $pattern) { return $true } }
  return $false
}

function Get-Expiry($Account) {
  if ($null -eq $Account.AccountExpires) { return 'never' }
  return $Account.AccountExpires.ToUniversalTime().ToString('o', [Globalization.CultureInfo]::InvariantCulture)
}

function Test-Expired($Account) { return $null -ne $Account.AccountExpires -and $Account.AccountExpires.ToUniversalTime() -le [DateTime]::UtcNow }

# A day that nobody else gives.
$OurExpiry = New-Object DateTime(2001, 1, 2, 0, 0, 0, [DateTimeKind]::Utc)
function Test-OurExpiry($Account) { return $null -ne $Account.AccountExpires -and $Account.AccountExpires.ToUniversalTime().Date -eq $OurExpiry.Date }

# The processes of the user, by his number and not by his name.
function Get-Processes([string] $Sid) {
  return @(Get-CimInstance -ClassName Win32_Process | Where-Object {
    try { (Invoke-CimMethod -InputObject $_ -MethodName GetOwnerSid).Sid -eq $Sid } catch { $false }
  })
}

function Stop-Sessions([string] $Sid) {
  for ($round = 0; $round -lt 5; $round++) {
    $running = @(Get-Processes $Sid)
    if ($running.Count -eq 0) { return }
    # Each session that has one of his processes and nobody else's desktop: 0 is that of services.
    foreach ($session in @($running | Where-Object { $_.SessionId -ne 0 } | Select-Object -ExpandProperty SessionId -Unique)) {
      $shell = @($running | Where-Object { $_.SessionId -eq $session -and $_.Name -ieq 'explorer.exe' })
      if ($shell.Count -gt 0) { & "$env:SystemRoot\System32\logoff.exe" $session 2>$null }
    }
    foreach ($process in $running) { Stop-Process -Id $process.ProcessId -Force -ErrorAction SilentlyContinue }
    if ($round -gt 1) { Start-Sleep -Seconds 1 }
  }
}

# --- its SSH keys ---

function Get-ProfilePath([string] $Sid) {
  $key = "HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList\$Sid"
  $entry = Get-ItemProperty -LiteralPath $key -Name ProfileImagePath -ErrorAction SilentlyContinue
  if ($null -eq $entry) { return $null }
  return $entry.ProfileImagePath
}

# The keys of this account alone: administrators_authorized_keys is everybody's, and closed by the account being disabled.
# What is reached through a junction or a link that the user may have made is left alone, and told as in_place.
function Get-KeyFile([string] $Sid) {
  $folder = Get-ProfilePath $Sid
  if ($null -eq $folder) { return $null }
  return Join-Path (Join-Path $folder '.ssh') 'authorized_keys'
}

function Test-Linked([string] $Path) {
  foreach ($each in (Split-Path -Parent $Path), $Path) {
    if ((Test-Path -LiteralPath $each) -and (([IO.File]::GetAttributes($each) -band [IO.FileAttributes]::ReparsePoint) -ne 0)) { return $true }
  }
  return $false
}

function Get-Mark([string] $Path) {
  $sddl = (Get-Acl -LiteralPath $Path).Sddl
  return (Get-FileHash -LiteralPath $Path -Algorithm SHA256).Hash + ' ' + $sddl
}

function Hide-Keys([string] $Hold, [string] $Sid) {
  $file = Get-KeyFile $Sid
  if ($null -eq $file -or -not [IO.File]::Exists($file) -or (Test-Linked $file)) { return }
  $entry = Join-Path $Hold 'keys'
  $number = 1
  while ([IO.File]::Exists("$entry.$number")) {
    $parked = ([IO.File]::ReadAllLines("$entry.$number"))[1]
    if (-not [IO.File]::Exists($parked)) { break }
    $number++
  }
  $parked = "$file.riposte-$($order.Token)-$number"
  Set-Memory "$entry.$number" @($file, $parked, (Get-Mark $file))
  [IO.File]::Move($file, $parked)
}

function Show-Keys([string] $Hold) {
  $lines = Read-FirstKeys $Hold
  if ($null -eq $lines -or -not [IO.File]::Exists($lines[1])) { return }
  # Whoever changed what was parked would come in by it: that is left for a person to look at.
  if ((Test-Linked $lines[0]) -or (Get-Mark $lines[1]) -cne $lines[2]) { return }
  if ([IO.File]::Exists($lines[0])) { [IO.File]::Move($lines[0], "$($lines[0]).riposte-$($order.Token)-meanwhile") }
  [IO.File]::Move($lines[1], $lines[0])
}

# What was there first is what comes back; what was parked later stays aside.
function Read-FirstKeys([string] $Hold) {
  $entry = (Join-Path $Hold 'keys') + '.1'
  if (-not [IO.File]::Exists($entry)) { return $null }
  return [IO.File]::ReadAllLines($entry)
}

function Test-KeysBack([string] $Hold) {
  $lines = Read-FirstKeys $Hold
  return $null -eq $lines -or ([IO.File]::Exists($lines[0]) -and (Get-Mark $lines[0]) -ceq $lines[2])
}

# --- do, look, take back ---

function Get-Found($Account, [string] $Hold) {
  $sid = $Account.SID.Value
  $file = Get-KeyFile $sid
  $keys = 'none'
  if ([IO.File]::Exists((Join-Path $Hold 'keys') + '.1')) { $keys = 'parked' }
  if ($null -ne $file -and [IO.File]::Exists($file)) { $keys = 'in_place' }
  return @{
    # There is no lock of the password alone here: a disabled account takes none.
    password = $(if ($Account.Enabled) { 'open' } else { 'locked' })
    account  = $(if (Test-Expired $Account) { 'expired' } else { 'open' })
    keys     = $keys
    sessions = [string] @(Get-Processes $sid).Count
  }
}

function Get-Lack($Found) {
  if ($Found['password'] -ne 'locked') { return 'password_open' }
  if ($Found['account'] -ne 'expired') { return 'account_open' }
  if ($Found['keys'] -eq 'in_place') { return 'keys_left' }
  if ($Found['sessions'] -ne '0') { return 'sessions_left' }
  return ''
}

function Write-Look([string] $Effect, [string] $Why, [string] $Hold) {
  $account = Get-Account
  if ($null -eq $account) { Write-Answer 'no' 'account_open'; return $false }
  $found = Get-Found $account $Hold
  $lack = Get-Lack $found
  if ($lack -ne '') { Write-Answer 'no' $lack $found; return $false }
  Write-Answer $Effect $Why $found
  return $true
}

# SID, enabled, expiry.
function Read-Before([string] $Hold) {
  $path = Join-Path $Hold 'before'
  if (-not [IO.File]::Exists($path)) { return $null }
  return [IO.File]::ReadAllLines($path)
}

# The same name under another number is somebody else.
function Test-StillThere([string] $Hold) {
  $account = Get-Account
  $before = Read-Before $Hold
  return $null -ne $account -and $null -ne $before -and $account.SID.Value -eq $before[0]
}

function Invoke-Add($Known, [string] $Hold) {
  if ($null -ne $Known -and $Known.State -eq 'done') { [void] (Write-Look 'already' 'seen' $Hold); return }
  if ($null -ne $Known -and $Known.State -ne 'begun') { Write-Answer 'refused' 'token_ended'; return }
  if ($null -eq $Known -and $order.Seconds -gt 0) { $script:until = $Now + $order.Seconds }
  $account = Get-Account
  $why = $(if ($null -eq $account) { 'no_such_user' } elseif (Test-Protected $account) { 'protected' } else { '' })
  if ($why -ne '') { $script:until = 0; Write-Answer 'refused' $why; return }
  $before = Read-Before $Hold
  if ($null -ne $before -and -not (Test-StillThere $Hold)) { Remove-Hold $Hold }
  try {
    Write-Token 'begun'
    [void] [IO.Directory]::CreateDirectory((Join-Path $Hold 'holders'))
    if ($null -eq (Read-Before $Hold)) {
      Set-Memory (Join-Path $Hold 'before') @($account.SID.Value, [string] $account.Enabled, (Get-Expiry $account))
    }
    Set-Memory (Join-Path (Join-Path $Hold 'holders') $order.Token) @([string] $until)
  } catch { Write-Answer 'no' 'state_unwritable'; return }
  $sid = $account.SID.Value
  # Each part by itself: what one can't do must not keep the others from it, and looking says what is missing.
  try { if ($account.Enabled) { Disable-LocalUser -SID $sid } } catch { $null = $_ }
  try { if (-not (Test-Expired $account)) { Set-LocalUser -SID $sid -AccountExpires $OurExpiry } } catch { $null = $_ }
  try { Stop-Sessions $sid } catch { $null = $_ }
  try { Hide-Keys $Hold $sid } catch { $null = $_ }
  try { Stop-Sessions $sid } catch { $null = $_ }
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
  $account = Get-Account
  $found = $(if ($null -eq $account) { $null } else { Get-Found $account $Hold })
  if ($others -gt 0) { Write-Token 'ended'; Write-Answer 'undone' 'still_held' $found }
  elseif ($null -eq (Read-Before $Hold)) { Remove-Hold $Hold; Write-Token 'ended'; Write-Answer 'undone' 'restored' $found }
  elseif (-not (Test-StillThere $Hold)) { Remove-Hold $Hold; Write-Token 'ended'; Write-Answer 'undone' 'target_gone' }
  elseif (Restore-Account $Hold) {
    $found = Get-Found (Get-Account) $Hold
    if ($null -eq (Read-FirstKeys $Hold)) { $found['keys'] = 'none' }
    Remove-Hold $Hold
    Write-Token 'ended'
    Write-Answer 'undone' 'restored' $found
  } else { Write-Answer 'no' 'not_restored' (Get-Found (Get-Account) $Hold) }
}

# What somebody else has changed meanwhile is his: only what is still as we left it goes back.
function Restore-Account([string] $Hold) {
  $before = Read-Before $Hold
  $account = Get-Account
  $wasOpen = $before[1] -ceq 'True'
  try {
    if ($wasOpen -and -not $account.Enabled) { Enable-LocalUser -SID $before[0] }
    if (Test-OurExpiry $account) {
      if ($before[2] -ceq 'never') { Set-LocalUser -SID $before[0] -AccountNeverExpires }
      else { Set-LocalUser -SID $before[0] -AccountExpires ([DateTime]::Parse($before[2], [Globalization.CultureInfo]::InvariantCulture, [Globalization.DateTimeStyles]::RoundtripKind)) }
    }
    Show-Keys $Hold
  } catch { return $false }
  $account = Get-Account
  return ($account.Enabled -or -not $wasOpen) -and -not (Test-OurExpiry $account) -and (Test-KeysBack $Hold)
}

# What has no holder any more was left half-way by somebody who died.
function Invoke-Lift {
  $asked = $order.Clone()
  foreach ($hold in @([IO.Directory]::GetDirectories((Join-Path $State 'holds')))) {
    $order.Target = [IO.Path]::GetFileName($hold)
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
      if (-not (Test-StillThere $hold) -or (Restore-Account $hold)) { Remove-Hold $hold }
    }
  }
  foreach ($name in @($asked.Keys)) { $order[$name] = $asked[$name] }
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

Invoke-Companion
