(function(i){
var f=i.form,b=f.querySelector("button"),s=document.getElementById("con");
// Groups of four while digits alone are typed; what is pasted with words goes to the server as it is.
function look(){
var v=i.value,alone=!/[^\d\s.,\/-]/.test(v),d=v.replace(/\D/g,""),left=16-d.length;
if(alone&&left>=0){
var before=v.slice(0,i.selectionStart).replace(/\D/g,"").length,g=d.replace(/(.{4})(?=.)/g,"$1 ");
if(g!=v){i.value=g;before+=Math.floor(Math.max(0,before-1)/4);i.setSelectionRange(before,before)}}
s.textContent=alone&&d&&left>0?s.dataset.left.replace("#",left):"";
b.classList.toggle("plain",alone&&left>0)}
i.addEventListener("input",look);look()
})(document.getElementById("code"));
